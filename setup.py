"""What is compiled; all else stands in pyproject.toml."""

from Cython.Build import cythonize
from setuptools import setup

setup(ext_modules=cythonize("tinynq/*.pyx"))
