"""What pages, exports and dry runs ask of the register."""
