# The resource of its own waits about a minute until S3 says the same for a while.
variable "role" {}
variable "bucket" {}

provider "aws" {
  region = "us-east-1"
  assume_role {
    role_arn = var.role
  }
}

resource "aws_s3_bucket" "b" {
  bucket = var.bucket
}

resource "aws_s3_bucket_lifecycle_configuration" "b" {
  bucket = aws_s3_bucket.b.id
  rule {
    id     = "old"
    status = "Enabled"
    filter {}
    expiration {
      days = 30
    }
  }
}
