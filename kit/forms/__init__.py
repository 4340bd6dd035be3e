"""What the submission file holds of a row, one file per form. The score of a run is the score of what these write.

label        one class                                   probability  a number from 0 to 1 per column
labels       those above 0.5, joined, or 0 and 1         ranking      the k most probable classes, joined
value        a number per column, within its bounds
"""

from kit.forms import label, labels, probability, ranking, value
from kit.forms.form import Form

__all__ = ["FORMS", "Form"]

FORMS: dict[str, Form] = {
    "label": label.FORM,
    "probability": probability.FORM,
    "labels": labels.FORM,
    "ranking": ranking.FORM,
    "value": value.FORM,
}
