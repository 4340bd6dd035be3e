"""Finished runs copied to MLflow, for those who like to look at them there. The run folders stay the truth: what MLflow holds
can be thrown away and written anew by `kit runs sync`.
"""
