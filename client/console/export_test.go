package console

// NewHandler serves other files than the embedded ones.
var NewHandler = newHandler
