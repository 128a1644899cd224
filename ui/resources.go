package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// resources asks which rooms, cars and other things activities show. That may
// take a while: each activity is asked for its own.
func (p *people) resources() {
	p.banner.RemoveAll()
	p.banner.Add(part.Banner(part.ToneInfo, "waiting", say.T("Asking Severa about rooms and cars"), say.T("It tells of them only through activities, so each is asked.")))
	p.banner.Show()
	p.body.Refresh()
	background(p.w, func(ctx context.Context) ([]localapi.Resource, error) { return p.w.Agent.Resources(ctx) }, func(found []localapi.Resource, err error) {
		p.banner.Hide()
		free := model.FreeResources(found)
		switch {
		case err != nil:
			p.say(err)
		case len(free) == 0:
			p.banner.RemoveAll()
			p.banner.Add(part.Banner(part.ToneInfo, "room", say.T("No activity shows a room or a car that has no mailbox yet."), say.T("Add it to an activity in Severa, and look again.")))
			p.banner.Show()
		default:
			p.pairing(free)
		}
		p.body.Refresh()
	})
}

// pairing asks which resource is to be shown in which mailbox.
func (p *people) pairing(free []localapi.Resource) {
	names := make([]string, len(free))
	for i, r := range free {
		names[i] = model.ResourceName(r)
	}
	thing, mailbox := part.NewChoice(names), part.NewEntry("blue.room@example.com")
	body := part.Column(part.GapWide,
		part.Plain(say.T("Its mailbox gets a copy of each activity that it takes part in; of private ones only that it is taken. Nothing goes back to Severa. The first sync shows its plan and waits for approval.")),
		part.Caption(say.T("Room, car or other resource")), part.Bordered(thing),
		part.Caption(say.T("Address of its mailbox")), mailbox)
	ask(p.w, say.T("Show when a room is taken"), body, say.T("Show it"), func() bool {
		address := strings.TrimSpace(mailbox.Text)
		if address == "" {
			return false
		}
		q := localapi.PairResourceRequest{Resource: free[thing.SelectedIndex()].ID, Address: address}
		p.do(func(ctx context.Context, by string) error {
			q.By = by
			_, err := p.w.Agent.PairResource(ctx, q)
			return err
		})
		return true
	}, fyne.Focusable(mailbox))
}
