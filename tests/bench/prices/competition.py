"""House prices of Ames (De Cock 2011): the logarithm of a price, from 79 columns. Made by tests/bench/tables.py."""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission, Table
from kit.data.readers import column, numbers, table_columns
from kit.targets import Numbers

NUMBERS = """
area Lot.Frontage Lot.Area Overall.Qual Overall.Cond Year.Built Year.Remod.Add Mas.Vnr.Area
BsmtFin.SF.1 BsmtFin.SF.2 Bsmt.Unf.SF Total.Bsmt.SF X1st.Flr.SF X2nd.Flr.SF Low.Qual.Fin.SF
Bsmt.Full.Bath Bsmt.Half.Bath Full.Bath Half.Bath Bedroom.AbvGr Kitchen.AbvGr TotRms.AbvGrd
Fireplaces Garage.Yr.Blt Garage.Cars Garage.Area Wood.Deck.SF Open.Porch.SF Enclosed.Porch
X3Ssn.Porch Screen.Porch Pool.Area Misc.Val Mo.Sold Yr.Sold
"""
CATEGORIES = """
MS.SubClass MS.Zoning Street Alley Lot.Shape Land.Contour Utilities Lot.Config Land.Slope
Neighborhood Condition.1 Condition.2 Bldg.Type House.Style Roof.Style Roof.Matl Exterior.1st
Exterior.2nd Mas.Vnr.Type Exter.Qual Exter.Cond Foundation Bsmt.Qual Bsmt.Cond Bsmt.Exposure
BsmtFin.Type.1 BsmtFin.Type.2 Heating Heating.QC Central.Air Electrical Kitchen.Qual Functional
Fireplace.Qu Garage.Type Garage.Finish Garage.Qual Garage.Cond Paved.Drive Pool.QC Fence
Misc.Feature Sale.Type Sale.Condition
"""
TABLE = Table(numbers=tuple(NUMBERS.split()), categories=tuple(CATEGORIES.split()))


def read(raw: Path, part: str) -> Split:
    path = raw / f"{part}.csv"
    ids = column(path, "id")
    told = numbers(path, ids, "id", ("log_price",)) if part == "train" else None
    return Split(ids, labels=told, table=table_columns(path, ids, "id", TABLE, missing=("", "NA")))


COMPETITION = Competition(
    slug="prices",
    title="House prices of Ames",
    target=Numbers(("log_price",)),
    table=TABLE,
    metric="rmse",
    submission=Submission("id", ("log_price",), kind="value"),
    archives=Archives("train.csv", "test.csv", "sample_submission.csv"),
    read=read,
    defaults={"recipe": "boosting"},
)
