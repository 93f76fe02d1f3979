"""Condenses texts: takes them from one queue, puts the result into another."""
