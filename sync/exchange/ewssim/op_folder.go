package ewssim

import (
	"context"
	"strconv"
	"strings"
	"time"

	"lockstep/sync/exchange/ewssim/internal/store"
	"lockstep/sync/exchange/ewssim/internal/xmlnode"
)

func getFolder(_ context.Context, c *call) error {
	sh, err := c.readFolderShape()
	if err != nil {
		return err
	}
	return c.messages(func() error {
		for _, id := range c.req.Kid("FolderIds").All() {
			f, err := c.folderOf(id, store.RightRead)
			if err != nil {
				if err := c.fail(err, func() { c.w.Empty("m:Folders") }); err != nil {
					return err
				}
				continue
			}
			c.ok(func() {
				c.w.Open("m:Folders")
				c.writeFolder(f, sh)
				c.w.Close("m:Folders")
			})
		}
		return nil
	})
}

func (c *call) readFolderShape() (*shape, error) {
	n := c.req.Kid("FolderShape")
	if n == nil {
		return nil, invalid(c.req, "FolderShape is missing")
	}
	sh := &shape{base: n.KidText("BaseShape")}
	return sh, c.readPaths(n.Kid("AdditionalProperties"), sh)
}

// folderElem is the element that the folder's class has in the schema.
func folderElem(f *store.Folder) string {
	switch {
	case strings.HasPrefix(f.Class, "IPF.Appointment"):
		return "t:CalendarFolder"
	case strings.HasPrefix(f.Class, "IPF.Contact"):
		return "t:ContactsFolder"
	case strings.HasPrefix(f.Class, "IPF.Task"):
		return "t:TasksFolder"
	}
	return "t:Folder"
}

func (c *call) writeFolder(f *store.Folder, sh *shape) {
	w, m := c.w, f.Box()
	elem := folderElem(f)
	want := func(name string, std bool) bool {
		return sh.uris["folder:"+name] || sh.base == "AllProperties" || (std && sh.base == "Default")
	}
	w.Open(elem)
	w.Empty("t:FolderId", "Id", m.FolderID(f.Serial), "ChangeKey", store.ChangeKey(m.GUID, true, f.CN))
	if want("ParentFolderId", false) && f.Parent != nil {
		w.Empty("t:ParentFolderId", "Id", m.FolderID(f.Parent.Serial), "ChangeKey", store.ChangeKey(m.GUID, true, f.Parent.CN))
	}
	if want("FolderClass", false) {
		w.Text("t:FolderClass", f.Class)
	}
	if want("DisplayName", true) {
		w.Text("t:DisplayName", f.Name)
	}
	if want("TotalCount", true) {
		w.Int("t:TotalCount", f.Count())
	}
	if want("ChildFolderCount", true) {
		w.Int("t:ChildFolderCount", len(c.children(f)))
	}
	for _, k := range sh.ext {
		if v, ok := folderExt(f, k); ok {
			writeExt(w, k, []string{v})
		}
	}
	if want("EffectiveRights", false) {
		c.writeRights(c.right(f))
	}
	if f.Well != "" && c.at(v2013) && want("DistinguishedFolderId", false) {
		w.Text("t:DistinguishedFolderId", f.Well)
	}
	if want("UnreadCount", true) && (elem == "t:Folder" || elem == "t:TasksFolder") {
		w.Int("t:UnreadCount", 0)
	}
	w.Close(elem)
}

func (c *call) writeRights(r store.Right) {
	c.w.Open("t:EffectiveRights")
	c.w.Bool("t:CreateAssociated", r >= store.RightCreate)
	c.w.Bool("t:CreateContents", r >= store.RightCreate)
	c.w.Bool("t:CreateHierarchy", r >= store.RightEdit)
	c.w.Bool("t:Delete", r >= store.RightEdit)
	c.w.Bool("t:Modify", r >= store.RightEdit)
	c.w.Bool("t:Read", r >= store.RightRead)
	if c.at(v2010) {
		c.w.Bool("t:ViewPrivateItems", r >= store.RightEdit)
	}
	c.w.Close("t:EffectiveRights")
}

// folderExt computes the folder properties that clients watch for changes.
func folderExt(f *store.Folder, asked store.ExtKey) (string, bool) {
	switch canonical(asked).Tag {
	case "0x3001":
		return f.Name, true
	case "0x3613":
		return f.Class, true
	case "0x3008", "0x670a":
		return f.LastChange().UTC().Format(time.RFC3339), true
	case "0x670b":
		return strconv.Itoa(f.Deletes), true
	case "0x3602":
		return strconv.Itoa(f.Count()), true
	case "0x3603":
		return "0", true
	case "0x360a":
		return strconv.FormatBool(false), true
	case "0x10f3":
		return f.Name, true
	case "0x6751", "0x6752":
		return "0", true
	}
	return "", false
}

func (c *call) children(parent *store.Folder) []*store.Folder {
	var out []*store.Folder
	for _, f := range parent.Box().Folders() {
		if f.Parent == parent {
			out = append(out, f)
		}
	}
	return out
}

func (c *call) descendants(parent *store.Folder) []*store.Folder {
	var out []*store.Folder
	for _, f := range c.children(parent) {
		out = append(append(out, f), c.descendants(f)...)
	}
	return out
}

func findFolder(_ context.Context, c *call) error {
	sh, err := c.readFolderShape()
	if err != nil {
		return err
	}
	deep := c.req.Attr("Traversal") == "Deep"
	view := c.req.Kid("IndexedPageFolderView")
	return c.messages(func() error {
		for _, id := range c.req.Kid("ParentFolderIds").All() {
			if err := c.findFolders(id, sh, view, deep); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *call) findFolders(id *xmlnode.Node, sh *shape, view *xmlnode.Node, deep bool) error {
	parent, err := c.folderOf(id, store.RightRead)
	if err != nil {
		return c.fail(err, nil)
	}
	all := c.children(parent)
	if deep {
		all = c.descendants(parent)
	}
	match, err := c.folderFilter(c.req.Kid("Restriction"))
	if err != nil {
		return c.fail(err, nil)
	}
	var found []*store.Folder
	for _, f := range all {
		if c.right(f) >= store.RightRead && match(f) {
			found = append(found, f)
		}
	}
	page, next, last, err := pageOf(view, len(found), 1000)
	if err != nil {
		return c.fail(err, nil)
	}
	c.ok(func() {
		attrs := []string{"TotalItemsInView", strconv.Itoa(len(found)), "IncludesLastItemInRange", strconv.FormatBool(last)}
		if view != nil {
			attrs = append([]string{"IndexedPagingOffset", strconv.Itoa(next)}, attrs...)
		}
		c.w.Open("m:RootFolder", attrs...)
		c.w.Open("t:Folders")
		for _, f := range found[page.from:page.to] {
			c.writeFolder(f, sh)
		}
		c.w.Close("t:Folders")
		c.w.Close("m:RootFolder")
	})
	return nil
}

func createFolder(_ context.Context, c *call) error {
	parent, err := c.folderOf(c.req.Kid("ParentFolderId").First(), store.RightEdit)
	var soap *faultError
	if asSOAP(err, &soap) {
		return soap
	}
	return c.messages(func() error {
		for _, n := range c.req.Kid("Folders").All() {
			if err != nil {
				if err := c.fail(err, func() { c.w.Empty("m:Folders") }); err != nil {
					return err
				}
				continue
			}
			if err := c.createOne(parent, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *call) createOne(parent *store.Folder, n *xmlnode.Node) error {
	name := n.KidText("DisplayName")
	if name == "" {
		return c.fail(problemf("ErrorFolderSavePropertyError", "A folder needs a DisplayName."), func() { c.w.Empty("m:Folders") })
	}
	for _, f := range c.children(parent) {
		if equalFold(f.Name, name) {
			return c.fail(problemf("ErrorFolderExists", "A folder with the specified name already exists."), func() { c.w.Empty("m:Folders") })
		}
	}
	class := n.KidText("FolderClass")
	if class == "" {
		class = map[string]string{"CalendarFolder": "IPF.Appointment", "ContactsFolder": "IPF.Contact", "TasksFolder": "IPF.Task"}[n.Name]
	}
	if class == "" {
		class = "IPF.Note"
	}
	f := parent.Box().CreateFolder(parent, name, class)
	c.ok(func() {
		c.w.Open("m:Folders")
		c.writeFolder(f, &shape{base: "IdOnly"})
		c.w.Close("m:Folders")
	})
	return nil
}

func deleteFolder(_ context.Context, c *call) error {
	return c.messages(func() error {
		for _, id := range c.req.Kid("FolderIds").All() {
			f, err := c.folderOf(id, store.RightEdit)
			if err == nil && f.Well != "" {
				err = problemf("ErrorDeleteDistinguishedFolder", "A distinguished folder cannot be deleted.")
			}
			if err == nil {
				err = f.Box().DeleteFolder(f)
			}
			if err != nil {
				if err := c.fail(err, nil); err != nil {
					return err
				}
				continue
			}
			c.ok(nil)
		}
		return nil
	})
}
