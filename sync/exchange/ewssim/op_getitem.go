package ewssim

import (
	"context"

	"lockstep/sync/exchange/ewssim/internal/store"
)

func getItem(_ context.Context, c *call) error {
	sh, err := c.readShape(true)
	if err != nil {
		return err
	}
	return c.messages(func() error {
		for _, id := range c.req.Kid("ItemIds").All() {
			t, err := c.targetOf(id, store.RightRead)
			if err == nil && t.item.Corrupt {
				err = problemf("ErrorItemCorrupt", "The item is corrupt.")
			}
			if err != nil {
				if err := c.fail(err, c.emptyItems); err != nil {
					return err
				}
				continue
			}
			c.ok(func() {
				c.w.Open("m:Items")
				c.show(t, sh)
				c.w.Close("m:Items")
			})
		}
		return nil
	})
}
