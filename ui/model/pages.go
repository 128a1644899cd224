package model

// More pages of the window, by the names that the window, the agent and
// `lockstep --page` have for them.
const (
	PageHistory  = "history"
	PageUndo     = "undo" // of the last run
	PageSettings = "settings"
	PageHelp     = "help"
	PageSetup    = "setup" // the wizard
	PageDemo     = "demo"
)
