terraform {
  # Older ones do not let the validation of a variable look at another variable.
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # The first with service_region for endpoints.
      version = ">= 5.83"
    }
  }
}
