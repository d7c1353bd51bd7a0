"""Where records are kept: a store is written once and answers with what it has made certain."""
