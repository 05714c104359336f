"""The embedded Argilla: one command starts the real server on this machine.

- `environment` makes the Python environment that it runs in, once;
- `supervisor` starts and stops the processes of a data folder, and says how they are;
- `users` adds people through Argilla's own interface;
- `engine/` is not ours to import: the server does.
"""
