package ewssim

import (
	"context"
	"errors"
	"strconv"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/internal/faultscript"
)

func syncFolderItems(_ context.Context, c *call) error {
	sh, err := c.readShape(false)
	if err != nil {
		return err
	}
	limit, err := parseInt(c.req.KidText("MaxChangesReturned"))
	if err != nil || limit < 1 || limit > 512 {
		return invalid(c.req, "MaxChangesReturned must be a number from 1 to 512")
	}
	hidden := false
	if scope := c.req.Kid("SyncScope"); scope != nil {
		if c.schema != vNone && !c.at(v2010) {
			return invalid(scope, "SyncScope is not known to the requested version")
		}
		hidden = scope.Text == "NormalAndAssociatedItems"
	}
	if most := c.srv.opts.Switches.SyncCap; most > 0 {
		limit = min(limit, most)
	}
	return c.messages(func() error {
		if err := c.syncFolder(sh, limit, hidden); err != nil {
			return c.fail(err, nil)
		}
		return nil
	})
}

func (c *call) syncFolder(sh *shape, limit int, hidden bool) error {
	f, err := c.folderOf(c.req.Path("SyncFolderId").First(), store.RightRead)
	if err != nil {
		var p *problemError
		if errors.As(err, &p) && p.code == "ErrorFolderNotFound" {
			p.code = "ErrorSyncFolderNotFound"
		}
		return err
	}
	state := c.req.KidText("SyncState")
	st, err := f.Decode(state)
	if err != nil || (state != "" && c.fault == faultscript.ExpiredCursor) {
		return problemf("ErrorInvalidSyncStateData", "Synchronization state data is corrupt or otherwise invalid.")
	}
	oldest := c.srv.prod.highest < v2010SP2
	changes, next, last := f.Changes(st, limit, hidden, oldest)
	if c.fault == faultscript.EmptyPage {
		changes, next, last = nil, st, true
	}
	ignore := map[string]bool{}
	for _, n := range c.req.Kid("Ignore").All() {
		ignore[n.Attr("Id")] = true
	}
	text := f.Encode(next)
	c.ok(func() {
		c.w.Text("m:SyncState", text)
		c.w.Text("m:IncludesLastItemInRange", strconv.FormatBool(last))
		c.w.Open("m:Changes")
		for _, ch := range changes {
			c.writeChange(f, ch, sh, ignore)
		}
		c.w.Close("m:Changes")
	})
	return nil
}

func (c *call) writeChange(f *store.Folder, ch store.SyncChange, sh *shape, ignore map[string]bool) {
	if ch.Item == nil {
		c.w.Open("t:Delete")
		c.w.Empty("t:ItemId", "Id", f.Box().ItemID(ch.Gone), "ChangeKey", store.ChangeKey(f.Box().GUID, true, ch.Gone))
		c.w.Close("t:Delete")
		return
	}
	if len(ignore) > 0 && ignore[f.Box().ItemID(ch.Item.Serial)] {
		return
	}
	name := "t:Update"
	if ch.New {
		name = "t:Create"
	}
	c.w.Open(name)
	c.show(target{box: f.Box(), item: ch.Item}, sh)
	c.w.Close(name)
}
