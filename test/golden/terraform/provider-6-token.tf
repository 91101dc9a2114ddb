# Made by xacct emit-tf: change its source and emit it again.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0.0, < 7.0.0"
    }
  }
}

# allowed_account_ids stops Terraform when the credentials lead to any other
# account.
# Terraform renews a session by itself, with the token that it finds then: a
# run may last longer than its duration.
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["222222222222"]

  assume_role_with_web_identity {
    role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
    session_name = "terraform"
    duration     = "1h"
  }
}

# End of what xacct emit-tf made.
