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

# allowed_account_ids stops Terraform when the credentials lead to any other
# account.
# Terraform renews a session by itself, so a run may last longer than its
# duration: as long as the credentials last that it starts with
# (of the environment, of the default profile, of the instance's own role).
provider "aws" {
  for_each            = var.targets
  alias               = "target"
  region              = each.value.region
  allowed_account_ids = [each.value.account_id]

  dynamic "assume_role" {
    for_each = each.value.assume_role

    content {
      role_arn     = assume_role.value.role_arn
      external_id  = assume_role.value.external_id
      session_name = assume_role.value.session_name
      duration     = assume_role.value.duration
    }
  }
}

# End of what xacct emit-tf made.
