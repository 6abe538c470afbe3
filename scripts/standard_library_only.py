"""A contract for import-linter: some packages import nothing but the standard library."""

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class StandardLibraryOnly(Contract):
    """Modules under `package` import only each other and the standard library."""

    package: Any = fields.StringField()

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every direct import of every module of the package."""
        package: str = self.package
        foreign = [
            (importer, imported)
            for importer in sorted({package} | graph.find_descendants(package))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.split(".")[0] not in sys.stdlib_module_names
            and imported != package
            and not imported.startswith(f"{package}.")
        ]
        return ContractCheck(kept=not foreign, metadata={"foreign": foreign})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that the contract forbids."""
        for importer, imported in check.metadata["foreign"]:
            output.print_error(f"{importer} imports {imported}")
