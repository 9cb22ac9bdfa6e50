#!/usr/bin/env bash
# Run the tests against the built wheel, with the source out of sight.
# A file that the wheel lacks (data, py.typed, a new module) shows here and nowhere else.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# No isolation: the build tool is in .venv already, and nothing is downloaded.
.venv/bin/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$work" .

# The new environment sees the packages of .venv through a .pth file, so that torch and the rest
# are not installed again. Python does not follow the .pth files of a folder that it found that
# way: the editable install, which is one, stays out of sight.
.venv/bin/python -m venv --without-pip "$work/venv"
site() { "$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }
site "$root/.venv" > "$(site "$work/venv")/development.pth"
.venv/bin/pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check \
    --no-deps --ignore-installed "$work"/tinynq-*.whl

# The tests, and what they read: the documentation and its scripts, but not the package.
mkdir "$work/elsewhere"
cp -r tests scripts docs pyproject.toml Makefile ./*.md "$work/elsewhere"
cd "$work/elsewhere"

found=$("$work/venv/bin/python" -c 'import tinynq; print(tinynq.__file__)')
case $found in
    "$work/venv/"*) ;;
    *) echo "test_wheel.sh: the tests would import $found, which is not the wheel" >&2; exit 1 ;;
esac
TINYNQ_SHARED=${TINYNQ_SHARED:-$root/../shared} PATH=$work/venv/bin:$PATH OMP_NUM_THREADS=1 \
    "$work/venv/bin/python" -m pytest --quiet -m 'not slow' -p no:cacheprovider \
    --numprocesses auto --maxprocesses 4 --dist loadfile
