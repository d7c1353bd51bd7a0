"""Attachments of events: fetched as soon as their event is stored, before the platform lets go of them."""
