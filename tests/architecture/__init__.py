"""What a machine can check about how the product is built."""
