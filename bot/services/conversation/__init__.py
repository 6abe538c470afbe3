"""How one act is answered: the chain of links, each in a module of its name."""
