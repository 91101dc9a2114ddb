# A state and nothing else: no provider but Terraform's own.
variable "note" {}

terraform {
  backend "s3" {}
}

resource "terraform_data" "note" {
  input = var.note
}
