package ewssim

import (
	"context"

	"lockstep/sync/exchange/ewssim/internal/store"
)

func moveItem(_ context.Context, c *call) error {
	to, ferr := c.folderOf(c.req.Path("ToFolderId").First(), store.RightCreate)
	var soap *faultError
	if asSOAP(ferr, &soap) {
		return soap
	}
	ids := true
	if v := c.req.KidText("ReturnNewItemIds"); v != "" {
		b, err := parseBool(v)
		if err != nil {
			return invalid(c.req, "ReturnNewItemIds: %v", err)
		}
		ids = b
	}
	return c.messages(func() error {
		for _, id := range c.req.Kid("ItemIds").All() {
			t, err := c.targetOf(id, store.RightEdit)
			switch {
			case err != nil:
			case ferr != nil:
				err = ferr
			case t.occ:
				err = problemf("ErrorCalendarCannotMoveOrCopyOccurrence", "An occurrence cannot be moved.")
			case t.box != to.Box():
				err = problemf("ErrorCrossMailboxMoveCopy", "Items cannot be moved between mailboxes.")
			}
			if err != nil {
				if err := c.fail(err, c.emptyItems); err != nil {
					return err
				}
				continue
			}
			t.box.Move(t.item, to, c.actor())
			c.srv.wroteItem("MoveItem", t.box, t.item)
			c.ok(func() {
				if !ids {
					c.emptyItems()
					return
				}
				c.writeIDs(t)
			})
		}
		return nil
	})
}
