"""Streamlit: the desk, and what its parts have in common."""
