"""The one address of a campus: reads every request head, says who asked and when, and hands it to web or live."""
