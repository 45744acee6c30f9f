"""Problems and answers of other programs and of the literature, read and written."""
