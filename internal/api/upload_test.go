package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"muster/internal/testkit"
)

// form makes a body with fields and files; it gives its content type, too.
func form(t *testing.T, fields map[string]string, files map[string][]byte) (body []byte, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range files {
		p, err := w.CreateFormFile("files", name)
		if err == nil {
			_, err = p.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.FormDataContentType()
}

// sending gives a client whose bodies are of a kind.
func sending(t *testing.T, c *testkit.Client, kind string) *testkit.Client {
	t.Helper()
	c = c.For(t)
	c.Header.Set("Content-Type", kind)
	return c
}

func pngOf(t *testing.T, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFileIsSentPostedAndRead(t *testing.T) {
	testkit.Each(t, testkit.Options{Env: []string{"MM_FILESETTINGS_ENABLEPUBLICLINK=true"}}, func(t *testing.T, s *testkit.Server) {
		amy, bob, eve := s.User("amy"), s.User("bob"), s.User("eve")
		team := s.Team(t, "north", amy, bob)
		channel := team.Town
		body, kind := form(t, map[string]string{"channel_id": channel, "client_ids": "c1"}, map[string][]byte{"é pic.png": pngOf(t, 300, 200)})
		var sent struct {
			FileInfos []struct {
				ID, Name, Extension string
				MimeType            string `json:"mime_type"`
				Width, Height       int
				Preview             bool `json:"has_preview_image"`
			} `json:"file_infos"`
			ClientIDs []string `json:"client_ids"`
		}
		sending(t, amy, kind).Post("/files", body).Want(http.StatusCreated).JSON(&sent)
		f := sent.FileInfos[0]
		if f.Name != "é pic.png" || f.MimeType != "image/png" || f.Width != 300 || f.Height != 200 || !f.Preview || sent.ClientIDs[0] != "c1" {
			t.Errorf("sent %+v", sent)
		}
		bob.Get("/files/" + f.ID).Want(200) // may read the channel
		eve.Get("/files/"+f.ID).WantFault(403, "api.context.permissions.app_error")
		amy.Get("/files/"+f.ID+"/link").WantFault(400, "api.file.get_public_link.no_post.app_error")
		post := amy.Post("/posts", map[string]any{"channel_id": channel, "message": "see", "file_ids": []string{f.ID, usersID}}).Want(http.StatusCreated)
		if got := fmt.Sprint(post.Value("file_ids")); got != "["+f.ID+"]" {
			t.Errorf("attached %s", got)
		}
		for _, part := range []string{"", "/thumbnail", "/preview"} {
			r := bob.Get("/files/" + f.ID + part).Want(200)
			if r.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(r.Header.Get("Content-Type"), "image/") {
				t.Errorf("%s is %s", part, r.Header.Get("Content-Type"))
			}
		}
		ranged := bob.For(t)
		ranged.Header.Set("Range", "bytes=1-3")
		if got := string(ranged.Get("/files/" + f.ID).Want(http.StatusPartialContent).Body); got != "PNG" {
			t.Errorf("a range is %q", got)
		}
		if got := bob.Get("/files/" + f.ID + "?download=1").Want(200).Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
			t.Errorf("download: %s", got)
		}
		bob.Get("/files/" + f.ID + "/info").Want(200)
		if c, err := s.DB.Channel(t.Context(), channel); err != nil || c.Files != 1 {
			t.Errorf("the channel has %+v files, want 1: %v", c, err)
		}
		link := amy.Get("/files/" + f.ID + "/link").Want(200).Text("link")
		_, path, _ := strings.Cut(link, "/files/")
		for url, status := range map[string]int{s.URL + "/files/" + path: 200, s.URL + "/files/" + f.ID + "/public?h=x": 400} {
			res, err := http.Get(url)
			if err != nil {
				t.Fatal(err)
			}
			if _ = res.Body.Close(); res.StatusCode != status {
				t.Errorf("%s: %d, want %d", url, res.StatusCode, status)
			}
		}
		script, kind := form(t, map[string]string{"channel_id": channel}, map[string][]byte{"x.svg": []byte("<svg onload='x'/>")})
		sending(t, amy, kind).Post("/files", script).Want(http.StatusCreated).JSON(&sent)
		if got := amy.Get("/files/" + sent.FileInfos[0].ID).Want(200).Header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment") {
			t.Errorf("a picture with script is shown: %s", got)
		}
	})
}

func TestFileRefusals(t *testing.T) {
	o := testkit.Options{Config: `{"FileSettings":{"MaxFileSize":2000,"MaxImageResolution":5000}}`}
	testkit.Each(t, o, func(t *testing.T, s *testkit.Server) {
		amy, eve := s.User("amy"), s.User("eve")
		team := s.Team(t, "north", amy)
		at := "/files?channel_id=" + team.Town + "&filename="
		raw := sending(t, amy, "application/octet-stream")
		raw.Post(at+"a.txt", "hello").Want(http.StatusCreated)
		raw.Post(at+"a.txt", "").WantFault(400, "api.file.upload_file.read_request.app_error")
		raw.Post(at, "hello").WantFault(400, "api.file.upload_file.read_request.app_error")
		raw.Post(at+"a.txt", strings.Repeat("x", 2001)).WantFault(413, "api.file.upload_file.too_large_detailed.app_error")
		raw.Post(at+"a.txt", strings.Repeat("x", 9000)).WantFault(413, "api.file.upload_file.too_large_detailed.app_error")
		raw.Post(at+"a.png", pngOf(t, 100, 51)).WantFault(400, "api.file.upload_file.large_image.app_error")
		raw.Post("/files?channel_id="+usersID+"&filename=a", "x").WantFault(403, "api.context.permissions.app_error")
		sending(t, eve, "application/octet-stream").Post(at+"a", "x").WantFault(403, "api.context.permissions.app_error")
		body, kind := form(t, map[string]string{"channel_id": team.Town}, nil)
		sending(t, amy, kind).Post("/files", body).WantFault(400, "api.file.upload_file.read_request.app_error")
		sending(t, amy, kind).Post("/files", body[:20]).WantFault(400, "api.file.upload_file.read_request.app_error")
		id := raw.Post(at+"a.txt", "hello").Want(http.StatusCreated).Body
		_ = id
		amy.Get("/files/junk").WantFault(400, "api.context.invalid_url_param.app_error")
		amy.Get("/files/"+usersID).WantFault(404, "app.file_info.get.app_error")
		amy.Get("/files/"+usersID+"/link").WantFault(403, "api.file.get_public_link.disabled.app_error")
		s.Admin().Put("/config/patch", `{"FileSettings":{"EnableFileAttachments":false}}`).Want(200)
		raw.Post(at+"a.txt", "hello").WantFault(403, "api.file.attachments.disabled.app_error")
		amy.Post("/uploads", map[string]any{"channel_id": team.Town, "filename": "a", "file_size": 1}).WantFault(501, "api.file.attachments.disabled.app_error")
	})
}

func TestUploadGoesOnWhereItStopped(t *testing.T) {
	testkit.Each(t, testkit.Options{}, func(t *testing.T, s *testkit.Server) {
		amy, bob := s.User("amy"), s.User("bob")
		team := s.Team(t, "north", amy, bob)
		const first, size = 5 << 20, 6 << 20
		begin := func(filename string, n int) string {
			return amy.Post("/uploads", map[string]any{"channel_id": team.Town, "filename": filename, "file_size": n}).Want(http.StatusCreated).Text("id")
		}
		raw := sending(t, amy, "application/octet-stream")
		id := begin("../../big.bin", size)
		raw.Post("/uploads/"+id, "x").WantFault(400, "app.upload.upload_data.first_part_too_small.app_error")
		raw.Post("/uploads/"+id, bytes.Repeat([]byte("a"), first)).Want(http.StatusNoContent)
		if got := amy.Get("/uploads/" + id).Want(200); got.Value("file_offset") != float64(first) || got.Text("filename") != "big.bin" {
			t.Errorf("in between %s", got.Body)
		}
		raw.Post("/uploads/"+id, bytes.Repeat([]byte("b"), size-first+1)).WantFault(400, "api.upload.upload_data.invalid_content_length")
		raw.Post("/uploads/"+id, bytes.Repeat([]byte("b"), size-first-1)).Want(http.StatusNoContent)
		file := raw.Post("/uploads/"+id, "c").Want(200)
		if got := amy.Get("/files/" + file.Text("id")).Want(200).Body; len(got) != size || got[0] != 'a' || got[first] != 'b' || got[size-1] != 'c' {
			t.Errorf("the file has %d bytes", len(got))
		}
		amy.Get("/uploads/"+id).WantFault(404, "app.upload.get.app_error")

		small := begin("m.txt", 10)
		sending(t, bob, "application/octet-stream").Post("/uploads/"+small, "0123456789").WantFault(403, "api.context.permissions.app_error")
		bob.Get("/uploads/"+small).WantFault(403, "api.upload.get_upload.forbidden.app_error")
		s.Admin().Get("/uploads/" + small).Want(200)
		bob.Get("/users/"+amy.ID+"/uploads").WantFault(403, "api.user.get_uploads_for_user.forbidden.app_error")
		s.Admin().Get("/users/"+amy.ID+"/uploads").WantFault(403, "api.user.get_uploads_for_user.forbidden.app_error")
		if got := amy.Get("/users/me/uploads").Want(200).Column("id"); len(got) != 1 || got[0] != small {
			t.Errorf("unfinished: %v", got)
		}
		body, kind := form(t, nil, map[string][]byte{"m.txt": []byte("0123456789")})
		sending(t, amy, kind).Post("/uploads/"+small, body).Want(200)
		if got := amy.Get("/users/me/uploads").Want(200).Column("id"); len(got) != 0 {
			t.Errorf("unfinished at the end: %v", got)
		}
		amy.Get("/users/junk/uploads").WantFault(400, "api.context.invalid_url_param.app_error")
		for _, tc := range []struct {
			change map[string]any
			status int
			fault  string
		}{
			{map[string]any{"file_size": 0}, 400, "model.upload_session.is_valid.file_size.app_error"},
			{map[string]any{"file_size": 104857601}, 413, "api.upload.create.upload_too_large.app_error"},
			{map[string]any{"channel_id": usersID}, 403, "api.context.permissions.app_error"},
			{map[string]any{"type": "import"}, 403, "api.context.permissions.app_error"},
		} {
			b := map[string]any{"channel_id": team.Town, "filename": "a", "file_size": 10}
			for k, v := range tc.change {
				b[k] = v
			}
			amy.Post("/uploads", b).WantFault(tc.status, tc.fault)
		}
		amy.Post("/uploads", "{").WantFault(400, "api.context.invalid_body_param.app_error")
	})
}
