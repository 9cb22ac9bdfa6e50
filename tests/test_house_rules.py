"""The house rules of CONTRIBUTING.md, read from the source."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import tinynq

PACKAGE = Path(tinynq.__file__).parent
ROOT = Path(__file__).resolve().parents[1]


def name_of(path: Path) -> str:
    """The module's name within the package: "files", "cli", "cli.data"."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


PATHS = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
MODULES = {name: ast.parse(path.read_text("utf-8")) for name, path in PATHS.items()}
WITH_TORCH = {"calibration", "model", "checkpoint", "resume", "ensemble", "inference", "reader", "squad", "encoders"}
WITH_TORCH |= {"lessons", "distillation", "objectives", "training", "distributed", "journal", "optimization", "threads"}
WITH_TORCH |= {"layers", "packing", "quantization", "warm_start", "mining"}

SCREEN = {"cli", "terminal"}
MAIN_JOB = {"demo", "experiments", "planning"}  # they call those that do

Function = ast.FunctionDef | ast.AsyncFunctionDef

each_module = pytest.mark.parametrize("module", MODULES)


def imports(tree: ast.Module) -> Iterator[str]:
    """The full names of all that is imported, anywhere in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def ours(tree: ast.Module) -> set[str]:
    """The modules of the package that a file imports."""
    names = {".".join(name.split(".")[1:n]) for name in imports(tree) if name.startswith("tinynq.") for n in (2, 3)}
    return names & MODULES.keys()


def is_command_line(module: str) -> bool:
    """Whether a module is the command line or a part of it."""
    return module.split(".")[0] in {"cli", "__main__"}


def calls(tree: ast.Module) -> Iterator[str]:
    """What is called, as it is written: ``print``, ``torch.load``."""
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """The functions and classes of a module that do not begin with an underscore."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def public_functions(tree: ast.Module) -> Iterator[tuple[str, Function, bool]]:
    """Name, function, and whether it has a self: public functions, and the methods of public classes."""
    for node in public(tree):
        if isinstance(node, Function):
            yield node.name, node, False
            continue
        for method in node.body:
            if isinstance(method, Function) and (not method.name.startswith("_") or method.name == "__init__"):
                static = any(ast.unparse(d) == "staticmethod" for d in method.decorator_list)
                yield f"{node.name}.{method.name}", method, not static


@each_module
def test_nobody_imports_the_command_line(module: str) -> None:
    assert is_command_line(module) or not {name for name in ours(MODULES[module]) if name.split(".")[0] in SCREEN}


def test_the_foundation_imports_nothing_of_ours() -> None:
    assert ours(MODULES["types"]) == ours(MODULES["errors"]) == set()
    assert ours(MODULES["config"]) <= {"errors"}


@each_module
def test_few_modules_import_torch(module: str) -> None:
    if module not in WITH_TORCH:
        loaded = {".".join(name.split(".")[:2]) for name in imports(MODULES[module])}
        assert not {name for name in loaded if name.split(".")[0] == "torch" or name == "safetensors.torch"}


def test_no_other_module_loads_torch() -> None:
    names = [f"tinynq.{name}" for name in MODULES if name not in WITH_TORCH | {"__init__", *MAIN_JOB}]
    code = f"import sys, tinynq, {', '.join(names)}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_imports_make_no_cycle() -> None:
    # The package itself only gathers names.
    graph = {name: ours(tree) - {"__init__", name} for name, tree in MODULES.items() if name not in {"__init__", "cli"}}
    TopologicalSorter(graph).prepare()


@each_module
def test_only_the_command_line_prints(module: str) -> None:
    if module.split(".")[0] not in SCREEN:
        assert "print" not in calls(MODULES[module])


@each_module
def test_no_assert_outside_tests(module: str) -> None:
    lines = [node.lineno for node in ast.walk(MODULES[module]) if isinstance(node, ast.Assert)]
    assert lines == []


@each_module
def test_nothing_is_pickled(module: str) -> None:
    assert not {name for name in imports(MODULES[module]) if name.split(".")[0] in {"pickle", "cloudpickle", "joblib"}}
    assert not {"torch.load", "torch.save"} & set(calls(MODULES[module]))
    assert "allow_pickle=True" not in ast.unparse(MODULES[module])


@each_module
def test_public_names_have_docstrings(module: str) -> None:
    assert ast.get_docstring(MODULES[module])
    assert [node.name for node in public(MODULES[module]) if not ast.get_docstring(node)] == []


@each_module
def test_public_functions_have_types(module: str) -> None:
    missing = []
    for name, function, has_self in public_functions(MODULES[module]):
        positional = [*function.args.posonlyargs, *function.args.args][has_self:]
        arguments = [*positional, *function.args.kwonlyargs, function.args.vararg, function.args.kwarg]
        if function.returns is None or any(a is not None and a.annotation is None for a in arguments):
            missing.append(name)
    assert missing == []


@each_module
def test_options_are_keyword_only(module: str) -> None:
    # What has a default is an option; only the thing itself, which stands first, may be left out as well.
    # A command is exempt: typer takes its parameters from the command line, by name or place.
    if is_command_line(module):
        return
    loose = []
    for name, function, has_self in public_functions(MODULES[module]):
        positional = [*function.args.posonlyargs, *function.args.args][has_self:]
        optional = positional[len(positional) - len(function.args.defaults) :]
        loose += [f"{name}({a.arg})" for a in optional if a is not positional[0]]
    assert loose == []


@each_module
def test_files_and_functions_are_short(module: str) -> None:
    assert len(PATHS[module].read_text("utf-8").splitlines()) < 400
    functions = [node for node in ast.walk(MODULES[module]) if isinstance(node, Function)]
    assert [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= 60] == []


@each_module
def test_every_module_has_its_test(module: str) -> None:
    # The parts of a package are tested as one: tinynq/cli/data.py in tests/test_cli.py.
    assert module in {"__init__", "__main__"} or (ROOT / "tests" / f"test_{module.split('.')[0]}.py").is_file()


def test_there_is_no_drawer_for_the_rest() -> None:
    assert not {"utils", "util", "helpers", "misc", "common"} & MODULES.keys()


def test_files_name_no_place_of_one_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not in a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    place = re.compile(rb"(?<![\w.])/(?:home|root|tmp|work|Users)/\w")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    texts = [path for path in paths if path.is_file() and path.suffix not in {".gz", ".npz", ".parquet", ".png"}]
    assert [str(path.relative_to(ROOT)) for path in texts if place.search(path.read_bytes())] == []


@pytest.mark.parametrize("path", sorted((ROOT / "tinynq").glob("*.pyx")), ids=lambda path: str(path.stem))
def test_what_is_compiled_is_short_typed_and_tested(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) < 400
    assert path.with_suffix(".pyi").is_file() and (ROOT / "tests" / f"test_{path.stem}.py").is_file()
