"""What an administrator does from a shell: one module per command. Each prints plain lines."""
