"""House Prices - Advanced Regression Techniques: houses sold in Ames, Iowa, a table without images.

1,460 training and 1,459 test rows of 35 numbers and 44 categories; RMSE between logarithms of prices. Quirks: NA stands for
what a house has not (a pool, an alley) and for what is not known alike; MSSubClass is a kind of house, written as a number.
Scores: README.md.
"""

from pathlib import Path

from kit.competition import Archives, Competition, Split, Submission, Table
from kit.data.readers import column, numbers, table_columns
from kit.targets import Numbers

NUMBERS = """
LotFrontage LotArea OverallQual OverallCond YearBuilt YearRemodAdd MasVnrArea BsmtFinSF1 BsmtFinSF2 BsmtUnfSF
TotalBsmtSF 1stFlrSF 2ndFlrSF LowQualFinSF GrLivArea BsmtFullBath BsmtHalfBath FullBath HalfBath BedroomAbvGr
KitchenAbvGr TotRmsAbvGrd Fireplaces GarageYrBlt GarageCars GarageArea WoodDeckSF OpenPorchSF EnclosedPorch
3SsnPorch ScreenPorch PoolArea MiscVal MoSold YrSold
"""
CATEGORIES = """
MSSubClass MSZoning Street Alley LotShape LandContour Utilities LotConfig LandSlope Neighborhood Condition1
Condition2 BldgType HouseStyle RoofStyle RoofMatl Exterior1st Exterior2nd MasVnrType ExterQual ExterCond
Foundation BsmtQual BsmtCond BsmtExposure BsmtFinType1 BsmtFinType2 Heating HeatingQC CentralAir Electrical
KitchenQual Functional FireplaceQu GarageType GarageFinish GarageQual GarageCond PavedDrive PoolQC Fence
MiscFeature SaleType SaleCondition
"""
TABLE = Table(numbers=tuple(NUMBERS.split()), categories=tuple(CATEGORIES.split()))


def read(raw: Path, part: str) -> Split:
    file = raw / f"{part}.csv"
    ids = column(file, "Id")
    told = numbers(file, ids, "Id", ("SalePrice",)) if part == "train" else None
    return Split(ids, labels=told, table=table_columns(file, ids, "Id", TABLE, missing=("", "NA")))


COMPETITION = Competition(
    slug="house-prices-advanced-regression-techniques",
    title="House Prices - Advanced Regression Techniques",
    target=Numbers(("SalePrice",), low=0, log=True),
    table=TABLE,
    metric="rmsle",
    submission=Submission(id_column="Id", target_columns=("SalePrice",), kind="value"),
    archives=Archives(train="train.csv", test="test.csv", sample="sample_submission.csv"),
    read=read,
    defaults={"recipe": "boosting"},
    runs=({"recipe": "boosting"}, {"recipe": "mlp", "seeds": 3}),
)
