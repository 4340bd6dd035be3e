"""What is wrong with the data: label errors, near-duplicates, and what people decide about them."""
