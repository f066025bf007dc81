"""Frame or paper in, bytes out: workbooks, pictures, documents, pages to hand on."""
