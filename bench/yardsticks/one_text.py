"""The yardstick: a page of one text, under Streamlit's default settings."""

import streamlit as st

if st.button("Next"):
    st.session_state["shown"] = st.session_state.get("shown", 0) + 1
st.write(f"One text, shown {st.session_state.get('shown', 0)}")
