"""Floor 3: HTTP and WebSocket. Parses, asks the domain once, answers, publishes."""
