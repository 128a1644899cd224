package model

import (
	"strings"
	"time"

	"lockstep/sync/event"
	"lockstep/sync/localapi"
	"lockstep/sync/office"
	"lockstep/ui/say"
)

// OverviewCard is one of the three things above the calendars: a connection, or
// what today came to.
type OverviewCard struct {
	Icon, Title, Note string
	Health            office.Health
	// Asked: the connection has answered, or failed, so that Health says something.
	Asked bool
	Page  string
}

// OverviewCards are both connections as the last runs found them.
func OverviewCards(s office.Status) [2]OverviewCard {
	out := [2]OverviewCard{
		{Icon: "business", Title: say.T("Visma Severa"), Note: say.T("Not asked yet"), Page: PageConnections},
		{Icon: "exchange", Title: say.T("Exchange"), Note: say.T("Not asked yet"), Page: PageConnections},
	}
	for _, c := range s.Connections {
		card := &out[sideNamed(c.Side)]
		card.Asked = true
		if sideNamed(c.Side) == event.Exchange && c.Product != "" {
			card.Title = soldAs(c.Product)
		}
		card.Note, card.Health = connectionNote(c)
	}
	return out
}

func connectionNote(c office.ConnectionStatus) (string, office.Health) {
	switch c.Failed {
	case "":
		return say.T("Signed in, answers in {{.N}} ms", "N", c.Millis), office.UpToDate
	case "auth":
		return say.T("The sign-in is refused"), office.SignInAgain
	case "unavailable":
		return say.T("Cannot be reached"), office.Offline
	case "throttled":
		return say.T("Asks for a pause"), office.SlowedDown
	}
	return say.T("Does not let the account work"), office.NeedsAttention
}

// soldAs is a server's whole name.
func soldAs(product string) string {
	if year, ok := strings.CutPrefix(product, "Exchange 20"); ok {
		return "Exchange Server 20" + year
	}
	return product
}

// Today says what the runs since midnight have written.
func Today(runs []localapi.Run, now time.Time) OverviewCard {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	var n [3]int
	for _, r := range runs {
		if r.Started.Before(midnight) {
			continue
		}
		for i, more := range writes(r) {
			n[i] += more
		}
	}
	return OverviewCard{
		Icon: "history", Title: say.T("Today"), Page: PageHistory,
		Note: say.T("{{.Created}} created, {{.Changed}} changed, {{.Deleted}} deleted", "Created", n[0], "Changed", n[1], "Deleted", n[2]),
	}
}
