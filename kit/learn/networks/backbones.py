"""The pretrained backbones by name: every family of keras.applications, with the input each was trained on. Loads no Keras."""

from dataclasses import dataclass
from typing import Any

from kit.config import Config
from kit.learn.input.resize import scale_sides

# What preprocess_input of a family makes of pixels 0..255: (lowest, highest) value. "inside": the network rescales itself.
RANGES = {"inside": (0.0, 255.0), "tf": (-1.0, 1.0), "torch": (-2.12, 2.65), "caffe": (-123.7, 151.1)}


@dataclass(frozen=True)
class Backbone:
    """builder: a function of keras.applications; family: its module there, which holds preprocess_input; size: pixels."""

    builder: str
    family: str
    range: str
    size: int = 224
    arguments: tuple[tuple[str, Any], ...] = ()

    @property
    def depthwise(self) -> bool:
        """Whether most of its convolutions are, which a CPU is slow at in other types than float32."""
        return self.family.startswith(("mobilenet", "efficientnet", "nasnet", "xception", "convnext"))


def _mobilenets(name: str, builder: str, family: str, alphas: tuple[float, ...]) -> dict[str, Backbone]:
    return {f"{name}_{alpha:.2f}": Backbone(builder, family, "tf", arguments=(("alpha", alpha),)) for alpha in alphas}


def _family(
    builders: dict[str, str], family: str, range_: str, sizes: dict[str, int] | int = 224
) -> dict[str, Backbone]:
    return {
        name: Backbone(builder, family, range_, sizes if isinstance(sizes, int) else sizes[name])
        for name, builder in builders.items()
    }


BACKBONES: dict[str, Backbone] = {
    **_mobilenets("mobilenet", "MobileNet", "mobilenet", (0.25, 0.5, 0.75, 1.0)),
    **_mobilenets("mobilenet_v2", "MobileNetV2", "mobilenet_v2", (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)),
    **_family(
        {"mobilenet_v3_small": "MobileNetV3Small", "mobilenet_v3_large": "MobileNetV3Large"}, "mobilenet_v3", "inside"
    ),
    **_family({"vgg16": "VGG16"}, "vgg16", "caffe"),
    **_family({"vgg19": "VGG19"}, "vgg19", "caffe"),
    **_family({f"resnet{n}": f"ResNet{n}" for n in (50, 101, 152)}, "resnet", "caffe"),
    **_family({f"resnet{n}_v2": f"ResNet{n}V2" for n in (50, 101, 152)}, "resnet_v2", "tf"),
    **_family({f"densenet{n}": f"DenseNet{n}" for n in (121, 169, 201)}, "densenet", "torch"),
    **_family({"inception_v3": "InceptionV3"}, "inception_v3", "tf", 299),
    **_family({"inception_resnet_v2": "InceptionResNetV2"}, "inception_resnet_v2", "tf", 299),
    **_family({"xception": "Xception"}, "xception", "tf", 299),
    **_family({"nasnet_mobile": "NASNetMobile"}, "nasnet", "tf", 224),
    **_family({"nasnet_large": "NASNetLarge"}, "nasnet", "tf", 331),
    **_family(
        {f"efficientnet_b{n}": f"EfficientNetB{n}" for n in range(8)},
        "efficientnet",
        "inside",
        {f"efficientnet_b{n}": size for n, size in enumerate((224, 240, 260, 300, 380, 456, 528, 600))},
    ),
    **_family(
        {f"efficientnet_v2_{x.lower()}": f"EfficientNetV2{x}" for x in ("B0", "B1", "B2", "B3", "S", "M", "L")},
        "efficientnet_v2",
        "inside",
        {
            f"efficientnet_v2_{x}": s
            for x, s in zip(["b0", "b1", "b2", "b3", "s", "m", "l"], (224, 240, 260, 300, 384, 480, 480), strict=True)
        },
    ),
    **_family(
        {f"convnext_{x.lower()}": f"ConvNeXt{x}" for x in ("Tiny", "Small", "Base", "Large", "XLarge")},
        "convnext",
        "inside",
    ),
}


def size_of(config: Config) -> int:
    """Pixels per side that the backbone is shown, on the shorter one."""
    return config.image_size or BACKBONES[config.backbone].size


def sides_of(config: Config, image_shape: tuple[int, ...]) -> tuple[int, int]:
    """Height and width that the backbone is shown, of images (H, W, C)."""
    return scale_sides(image_shape[0], image_shape[1], size_of(config))
