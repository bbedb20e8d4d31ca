"""What a boot resets: generations, restore, save. Nowhere else is decided what content comes back."""
