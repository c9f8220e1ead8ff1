"""Prepayment: credit, top-ups and payment modes."""
