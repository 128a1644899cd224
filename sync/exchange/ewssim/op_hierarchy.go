package ewssim

import (
	"context"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lockstep/sync/exchange/ewssim/internal/store"
)

func syncFolderHierarchy(_ context.Context, c *call) error {
	sh, err := c.readFolderShape()
	if err != nil {
		return err
	}
	return c.messages(func() error {
		if err := c.syncFolders(sh); err != nil {
			return c.fail(err, nil)
		}
		return nil
	})
}

// syncFolders compares the folders with those that the state lists.
func (c *call) syncFolders(sh *shape) error {
	var root *store.Folder
	var err error
	if id := c.req.Kid("SyncFolderId"); id != nil {
		root, err = c.folderOf(id.First(), store.RightRead)
	} else if c.user != nil {
		root = c.user.Well("msgfolderroot")
	} else {
		err = problemf("ErrorMissingEmailAddress", "The account has no mailbox.")
	}
	if err != nil {
		return err
	}
	old, err := readTreeState(root, c.req.KidText("SyncState"))
	if err != nil {
		return err
	}
	folders := c.descendants(root)
	c.ok(func() {
		c.w.Text("m:SyncState", treeState(root, folders))
		c.w.Bool("m:IncludesLastFolderInRange", true)
		c.w.Open("m:Changes")
		now := map[uint64]bool{}
		for _, f := range folders {
			now[f.Serial] = true
			if cn, known := old[f.Serial]; !known || cn != f.CN {
				name := "t:Update"
				if !known {
					name = "t:Create"
				}
				c.w.Open(name)
				c.writeFolder(f, sh)
				c.w.Close(name)
			}
		}
		for _, serial := range slices.Sorted(maps.Keys(old)) {
			if !now[serial] && c.srv.prod.highest >= v2010 {
				c.w.Open("t:Delete")
				c.w.Empty("t:FolderId", "Id", root.Box().FolderID(serial))
				c.w.Close("t:Delete")
			}
		}
		c.w.Close("m:Changes")
	})
	return nil
}

func treeState(root *store.Folder, fs []*store.Folder) string {
	var b strings.Builder
	b.WriteString(root.Box().GUID + " " + strconv.FormatUint(root.Serial, 10))
	for _, f := range fs {
		b.WriteString(" " + strconv.FormatUint(f.Serial, 10) + ":" + strconv.FormatUint(f.CN, 10))
	}
	return base64.StdEncoding.EncodeToString([]byte(b.String()))
}

func readTreeState(root *store.Folder, s string) (map[uint64]uint64, error) {
	out := map[uint64]uint64{}
	if s == "" {
		return out, nil
	}
	bad := problemf("ErrorInvalidSyncStateData", "Synchronization state data is corrupt or otherwise invalid.")
	raw, err := base64.StdEncoding.DecodeString(s)
	words := strings.Fields(string(raw))
	if err != nil || len(words) < 2 || words[0] != root.Box().GUID || words[1] != strconv.FormatUint(root.Serial, 10) {
		return nil, bad
	}
	for _, w := range words[2:] {
		a, b, _ := strings.Cut(w, ":")
		serial, err1 := strconv.ParseUint(a, 10, 64)
		cn, err2 := strconv.ParseUint(b, 10, 64)
		if err1 != nil || err2 != nil {
			return nil, bad
		}
		out[serial] = cn
	}
	return out, nil
}
