# Made by xacct emit-tf: change its source and emit it again.

terraform {
  required_version = ">= 1.9.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.67.0, < 7.0.0"
    }
  }
}

locals {
  targets = {
    dev = {
      region       = "eu-central-1"
      account_id   = "222222222222"
      role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
      external_id  = "7f3c"
      session_name = "terraform"
      duration     = "1h"
    }
    prod = {
      region       = "eu-west-1"
      account_id   = "222222222222"
      role_arn     = "arn:aws:iam::222222222222:role/xacct-terraform"
      external_id  = null
      session_name = "terraform"
      duration     = "1h"
    }
  }
}

# allowed_account_ids stops Terraform when the credentials lead to any other
# account.
# Terraform renews a session by itself, so a run may last longer than its
# duration: as long as the credentials last that it starts with
# (of the environment, of the default profile, of the instance's own role).
provider "aws" {
  for_each            = local.targets
  alias               = "target"
  region              = each.value.region
  allowed_account_ids = [each.value.account_id]

  assume_role {
    role_arn     = each.value.role_arn
    external_id  = each.value.external_id
    session_name = each.value.session_name
    duration     = each.value.duration
  }
}

# End of what xacct emit-tf made.
