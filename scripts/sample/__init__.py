"""The facts and phrasings of the sample pages; make_sample.py lays them out as NQ pages."""
