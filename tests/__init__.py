"""Tests. A package, so that `tests.builders` can be imported and two folders may hold files of one name."""
