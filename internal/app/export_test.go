package app

// FromThisMachine judges who may have the development token.
var FromThisMachine = fromThisMachine
