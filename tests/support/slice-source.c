/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tests/support/slice-source.h"

#include <gst/video/video.h>

#include "elements/stream/voxel.h"

#define WIDTH 41
#define HEIGHT 34
#define NEVER (-1)

enum { PROP_0, PROP_CONTENT, PROP_COUNT, PROP_SEED, PROP_PLAIN };

/**
 * TestSliceSource:
 *
 * Slices of a volume of 41 x 34 pixels each; a new volume at every seek.
 */
struct _TestSliceSource {
  GstPushSrc parent;

  GstVoxelContent content;
  guint count;
  guint seed;
  gboolean plain;

  GstVoxelVolume *volume;
  GstVideoInfo info;
  guint first;
  guint last;
  guint next;
  gint change_after;
};

G_DEFINE_FINAL_TYPE (TestSliceSource, test_slice_source, GST_TYPE_PUSH_SRC)

static GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE ("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_VOXEL_CAPS_GRAY));

gboolean
test_slice_source_register (void)
{
  return gst_element_register (NULL, "slicesource", GST_RANK_NONE, TEST_TYPE_SLICE_SOURCE);
}

void
test_slice_source_change_caps_after (TestSliceSource *self, gint n)
{
  g_atomic_int_set (&self->change_after, MAX (n, NEVER));
}

static gboolean
set_format (TestSliceSource *self, gboolean bytes)
{
  g_autoptr (GstCaps) caps = NULL;

  gst_video_info_set_format (&self->info, bytes ? GST_VIDEO_FORMAT_GRAY8 : GST_VIDEO_FORMAT_GRAY16_LE, WIDTH,
                             HEIGHT);
  self->info.fps_n = 1000;
  caps = gst_video_info_to_caps (&self->info);
  return gst_base_src_set_caps (GST_BASE_SRC (self), caps);
}

static gboolean
has_bytes (TestSliceSource *self)
{
  return self->content == GST_VOXEL_CONTENT_MASK;
}

static gboolean
test_slice_source_negotiate (GstBaseSrc *base)
{
  TestSliceSource *self = TEST_SLICE_SOURCE (base);

  return set_format (self, has_bytes (self));
}

/* A disc that wanders, on noise. */
static guint
pixel (const TestSliceSource *self, guint z, guint y, guint x)
{
  gint dy = (gint) y - 14 - (gint) (z + self->seed) % 5, dx = (gint) x - 19 + (gint) z % 3;
  guint32 noise = (z * 7919u + y * 104729u + x + self->seed + 1) * 2654435761u;
  gboolean inside = dy * dy + dx * dx < 60;

  noise ^= noise >> 15;
  if (self->content == GST_VOXEL_CONTENT_MASK)
    return inside ? 255 : 0;
  return (inside ? 40000 : 20000) + noise % 9000;
}

static void
paint (TestSliceSource *self, GstBuffer *buffer)
{
  GstVideoFrame frame;

  g_assert_true (gst_video_frame_map (&frame, &self->info, buffer, GST_MAP_WRITE));
  for (guint y = 0; y < HEIGHT; y++) {
    guint8 *row = (guint8 *) GST_VIDEO_FRAME_PLANE_DATA (&frame, 0) +
                  (gsize) y * (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&frame, 0);

    for (guint x = 0; x < WIDTH; x++) {
      guint value = pixel (self, self->next, y, x);

      if (GST_VIDEO_FRAME_FORMAT (&frame) == GST_VIDEO_FORMAT_GRAY8)
        row[x] = (guint8) value;
      else
        GST_WRITE_UINT16_LE (row + 2 * x, value);
    }
  }
  gst_video_frame_unmap (&frame);
}

/* The first slice has the right caps again; other caps come when it is time for them. */
static gboolean
update_format (TestSliceSource *self)
{
  gint left = g_atomic_int_get (&self->change_after);
  gboolean bytes = GST_VIDEO_INFO_FORMAT (&self->info) == GST_VIDEO_FORMAT_GRAY8;

  if (self->next == self->first && bytes != has_bytes (self) && !set_format (self, has_bytes (self)))
    return FALSE;
  if (left == NEVER)
    return TRUE;
  g_atomic_int_compare_and_exchange (&self->change_after, left, left - 1);
  return left != 0 || set_format (self, !bytes);
}

static GstFlowReturn
test_slice_source_create (GstPushSrc *push, GstBuffer **buffer)
{
  TestSliceSource *self = TEST_SLICE_SOURCE (push);

  if (self->next > self->last)
    return GST_FLOW_EOS;
  if (!update_format (self))
    return GST_FLOW_NOT_NEGOTIATED;
  *buffer = gst_buffer_new_allocate (NULL, GST_VIDEO_INFO_SIZE (&self->info), NULL);
  gst_buffer_memset (*buffer, 0, 0, GST_VIDEO_INFO_SIZE (&self->info));
  paint (self, *buffer);
  GST_BUFFER_PTS (*buffer) = self->next * TEST_SLICE_SOURCE_DURATION;
  GST_BUFFER_DURATION (*buffer) = TEST_SLICE_SOURCE_DURATION;
  if (!self->plain)
    gst_buffer_add_voxel_slice_meta (*buffer, self->volume, GST_VOXEL_AXIS_Z, self->content, self->next,
                                     self->first, self->last);
  self->next++;
  return GST_FLOW_OK;
}

static gboolean
test_slice_source_do_seek (GstBaseSrc *base, GstSegment *segment)
{
  TestSliceSource *self = TEST_SLICE_SOURCE (base);
  guint64 end = self->count * TEST_SLICE_SOURCE_DURATION;
  guint64 stop = GST_CLOCK_TIME_IS_VALID (segment->stop) ? MIN (segment->stop, end) : end;

  self->first = self->next = (guint) (segment->start / TEST_SLICE_SOURCE_DURATION);
  self->last = (guint) (stop / TEST_SLICE_SOURCE_DURATION) - 1;
  segment->position = segment->start;
  segment->duration = end;
  g_clear_pointer (&self->volume, gst_voxel_volume_unref);
  self->volume = gst_voxel_volume_new ("made", self->count, HEIGHT, WIDTH,
                                       self->content == GST_VOXEL_CONTENT_MASK ? 8 : 16);
  self->volume->axes = 1u << GST_VOXEL_AXIS_Z;
  return TRUE;
}

static gboolean
test_slice_source_is_seekable (GstBaseSrc *base)
{
  return TRUE;
}

static gboolean
test_slice_source_start (GstBaseSrc *base)
{
  g_atomic_int_set (&TEST_SLICE_SOURCE (base)->change_after, NEVER);
  return TRUE;
}

static void
test_slice_source_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  TestSliceSource *self = TEST_SLICE_SOURCE (object);

  switch (id) {
  case PROP_CONTENT:
    self->content = (GstVoxelContent) g_value_get_uint (value);
    break;
  case PROP_COUNT:
    self->count = g_value_get_uint (value);
    break;
  case PROP_SEED:
    self->seed = g_value_get_uint (value);
    break;
  case PROP_PLAIN:
    self->plain = g_value_get_boolean (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
test_slice_source_finalize (GObject *object)
{
  g_clear_pointer (&TEST_SLICE_SOURCE (object)->volume, gst_voxel_volume_unref);
  G_OBJECT_CLASS (test_slice_source_parent_class)->finalize (object);
}

static void
test_slice_source_class_init (TestSliceSourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSrcClass *base_class = GST_BASE_SRC_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = test_slice_source_set_property;
  object_class->finalize = test_slice_source_finalize;
  base_class->start = test_slice_source_start;
  base_class->negotiate = test_slice_source_negotiate;
  base_class->is_seekable = test_slice_source_is_seekable;
  base_class->do_seek = test_slice_source_do_seek;
  GST_PUSH_SRC_CLASS (klass)->create = test_slice_source_create;
  g_object_class_install_property (
      object_class, PROP_CONTENT,
      g_param_spec_uint ("content", "Content", "A GstVoxelContent", 0, GST_VOXEL_CONTENT_MASK, 0, flags));
  g_object_class_install_property (object_class, PROP_COUNT,
                                   g_param_spec_uint ("count", "Count", "Slices", 1, 1000, 1, flags));
  g_object_class_install_property (object_class, PROP_SEED,
                                   g_param_spec_uint ("seed", "Seed", "Of the pixels", 0, 1000, 0, flags));
  g_object_class_install_property (object_class, PROP_PLAIN,
                                   g_param_spec_boolean ("plain", "Plain", "Without metas", FALSE, flags));
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_element_class_set_static_metadata (element_class, "Slices for tests", "Source/Video", "Makes slices",
                                         "The gst-voxel authors");
}

static void
test_slice_source_init (TestSliceSource *self)
{
  self->count = 8;
  self->change_after = NEVER;
  gst_base_src_set_format (GST_BASE_SRC (self), GST_FORMAT_TIME);
}
