package ui

import (
	"lockstep/ui/model"
	"lockstep/ui/say"
)

// The names of the pages, as the agent and the command line have them.
const (
	PageOverview  = model.PageOverview
	PageAttention = model.PageAttention
	PageHistory   = model.PageHistory
	PagePeople    = model.PagePeople
	PagePreview   = model.PagePreview
	PageStopped   = model.PageStopped
	PageUndo      = model.PageUndo
)

// description is what the window knows of a page before it is opened.
type description struct {
	name  string
	title func() string // nil: not in the navigation
	icon  string
	under string // the page of the navigation that it belongs to; empty: itself
	wide  bool   // the navigation is folded
	alone bool   // there is no navigation
	make  func(*Window) page
}

// descriptions are the pages in their order; the first is the one to begin with.
func descriptions() []description {
	return []description{
		{name: PageOverview, title: func() string { return say.T("Overview") }, icon: "overview", make: newOverview},
		{name: PageAttention, title: func() string { return say.T("Needs attention") }, icon: "attention", make: newAttention},
		{name: PagePreview, title: func() string { return say.T("Preview") }, icon: "preview", wide: true, make: newPreview},
		{name: PageHistory, title: func() string { return say.T("History") }, icon: "history", make: newHistory},
		{name: PagePeople, title: func() string { return say.T("People") }, icon: "people", make: newPeople},
		{name: model.PageRules, title: func() string { return say.T("Rules") }, icon: "rules", make: newRules},
		{name: model.PageConnections, title: func() string { return say.T("Connections") }, icon: "connections", make: newConnections},
		{name: model.PageSettings, title: func() string { return say.T("Settings") }, icon: "settings", make: newSettings},
		{name: model.PageHelp, title: func() string { return say.T("Help") }, icon: "help", make: newHelp},
		{name: model.PageClosed, alone: true, make: newClosed},
		{name: PageStopped, under: PageOverview, make: newStopped},
		{name: PageUndo, under: PageHistory, wide: true, make: newUndo},
		{name: model.PageDemo, alone: true, make: newDemo},
		{name: model.PageSetup, alone: true, make: newWizard},
	}
}

func describe(name string) description {
	all := descriptions()
	for _, d := range all {
		if d.name == name {
			return d
		}
	}
	return all[0]
}
