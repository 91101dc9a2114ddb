# One bucket with its usual companions. The stages reach what a single apply does not: objects with and without versions, tags that change and go.
variable "role" {}
variable "bucket" {}
variable "stage" {}
variable "patience" {
  default = "20m" # the provider's own
}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = var.role
  }
}

resource "aws_s3_bucket" "b" {
  bucket        = var.bucket
  force_destroy = true
  tags          = var.stage == "c" ? {} : { stage = var.stage }

  timeouts {
    create = var.patience
  }

  # The old form calls the same and does not wait a minute; test:slow has the resource of its own.
  lifecycle_rule {
    id      = "old"
    enabled = true
    noncurrent_version_expiration {
      days = var.stage == "a" ? 30 : 60
    }
  }
}

resource "aws_s3_bucket_versioning" "b" {
  count  = var.stage == "a" ? 0 : 1
  bucket = aws_s3_bucket.b.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    bucket_key_enabled = var.stage == "a"
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = var.stage != "a"
}

resource "aws_s3_bucket_ownership_controls" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_policy" "b" {
  bucket     = aws_s3_bucket.b.id
  depends_on = [aws_s3_bucket_public_access_block.b]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Stage${var.stage}"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::222222222222:root" }
      Action    = "s3:GetObject"
      Resource  = "${aws_s3_bucket.b.arn}/*"
    }]
  })
}

resource "aws_s3_object" "without_versions" {
  count   = var.stage == "a" ? 1 : 0
  bucket  = aws_s3_bucket.b.id
  key     = "plain.txt"
  content = "plain"
  tags    = { stage = var.stage }
}

resource "aws_s3_object" "with_versions" {
  for_each   = var.stage == "a" ? [] : toset(["tags-change", "tags-go"])
  bucket     = aws_s3_bucket.b.id
  key        = each.key
  content    = each.key
  tags       = each.key == "tags-go" && var.stage == "c" ? {} : { stage = var.stage }
  depends_on = [aws_s3_bucket_versioning.b]
}
