# Two buckets of a prefix, with their state in a third that is somebody else's.
variable "role" {}
variable "prefix" {}
variable "note" {
  default = "first"
}

terraform {
  backend "s3" {}
}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = var.role
  }
}

resource "aws_s3_bucket" "b" {
  for_each = toset(["one", "two"])
  bucket   = "${var.prefix}${each.key}"
  tags     = { note = var.note }
}

resource "aws_s3_object" "o" {
  for_each = aws_s3_bucket.b
  bucket   = each.value.id
  key      = "hello"
  content  = "hello"
}
