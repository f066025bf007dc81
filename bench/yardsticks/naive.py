"""The naive page: pandas over all cells at every rerun, two express figures and a table."""

import os

import pandas as pd
import plotly.express as px
import streamlit as st

SHARES = {"any": "households_any", "all": "households_all", "skilled": "households_skilled"}

measure = SHARES[st.segmented_control("Measure", list(SHARES), default="any", required=True)]
cells = pd.read_parquet(os.environ["BENCH_CELLS"])
cells["month"] = pd.to_datetime(cells["month"])
counts = cells[cells["dimension"] == "none"].groupby(["commune", "month", "measure"])["value"].sum().unstack()
counts["share"] = counts[measure] / counts["households"]
shares = counts["share"].reset_index()
last = shares.sort_values("month").groupby("commune").tail(1).sort_values("share")
st.title(f"Share of households: {measure}")
st.metric("Mean", f"{last['share'].mean():.1%}")
st.plotly_chart(px.bar(last, x="commune", y="share", color="share"))
st.plotly_chart(px.line(shares, x="month", y="share", color="commune"))
st.dataframe(last)
