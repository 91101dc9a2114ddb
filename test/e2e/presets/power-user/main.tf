# Something of a service, and a role that a service may use: under the path and the boundary that the preset asks for.
variable "role" {}
variable "path" {}
variable "boundary" {}
variable "stage" {}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = var.role
  }
}

resource "aws_ssm_parameter" "p" {
  name  = "work"
  type  = "String"
  value = var.stage
}

resource "aws_iam_role" "worker" {
  name                 = "worker"
  path                 = var.path
  permissions_boundary = var.boundary
  tags                 = { stage = var.stage }
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_policy" "worker" {
  name = "worker"
  path = var.path
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Sid = var.stage, Effect = "Allow", Action = "ssm:GetParameter", Resource = aws_ssm_parameter.p.arn }]
  })
}

resource "aws_iam_role_policy_attachment" "worker" {
  role       = aws_iam_role.worker.name
  policy_arn = aws_iam_policy.worker.arn
}

resource "aws_iam_role_policy" "worker" {
  role   = aws_iam_role.worker.name
  policy = aws_iam_policy.worker.policy
}

resource "aws_iam_instance_profile" "worker" {
  name = "worker"
  path = var.path
  role = aws_iam_role.worker.name
}
