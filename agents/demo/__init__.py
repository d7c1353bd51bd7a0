"""The demo: a bundled sample stream and a runner that shows the whole pipeline at work on one machine."""
