package ui

import (
	"context"
	"strconv"

	"lockstep/sync/localapi"
	"lockstep/ui/model"
	"lockstep/ui/part"
	"lockstep/ui/say"
)

// askTell shows how many people would be mailed about a change, and mails them
// once that is agreed to.
func (p *history) askTell(it model.PastItem) {
	q := localapi.NoticeRequest{Run: it.Run.ID, Item: strconv.FormatInt(it.Change.Number, 10)}
	background(p.w, func(ctx context.Context) (localapi.Notices, error) { return p.w.Agent.Notices(ctx, q) }, func(n localapi.Notices, err error) {
		if err != nil {
			p.say(err)
			return
		}
		title, text, ok := model.TellQuestion(n)
		if !ok {
			p.warn(title, text)
			return
		}
		q.People, q.By, q.Words = n.People, whoami(), model.TellWords()
		ask(p.w, title, part.Plain(text), say.T("Send update"), func() bool { p.tell(q); return true }, nil)
	})
}

// tell has the mail sent and shows the change as it is then.
func (p *history) tell(q localapi.NoticeRequest) {
	background(p.w, func(ctx context.Context) (localapi.Notices, error) { return p.w.Agent.Notify(ctx, q) }, func(n localapi.Notices, err error) {
		delete(p.changes, q.Run)
		p.showRun(p.key)
		if err != nil {
			p.say(err)
		} else if n.Trouble != nil {
			a := model.Trouble(*n.Trouble)
			p.warn(a.What, a.Do)
		}
	})
}
