"""Tables as offices have them: which encoding and which delimiter a text has, guarded cells, workbooks. No Django."""
