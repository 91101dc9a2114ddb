# Made by xacct emit-tf: change its source and emit it again.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.67.0, < 5.0.0"
    }
  }
}

# allowed_account_ids stops Terraform when the credentials lead to any other
# account.
# Terraform renews a session by itself, so a run may last longer than its
# duration: as long as the credentials last that it starts with
# (of the environment, of the default profile, of the instance's own role).
provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["222222222222"]

  assume_role {
    role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
    external_id  = "7f3c"
    session_name = "terraform"
    duration     = "1h"
  }
}

# End of what xacct emit-tf made.
