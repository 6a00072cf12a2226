"""Vocational-education groups (职业教育集团), their member units and dated memberships."""
